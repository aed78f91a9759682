package org.openapitools.client;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import org.openapitools.client.api.InferenceApi;
import org.openapitools.client.api.InvocationsApi;
import org.openapitools.client.api.ModelsApi;
import org.openapitools.client.api.PredictApi;
import org.openapitools.client.model.FlockAnswer;
import org.openapitools.client.model.FlockInference;
import org.openapitools.client.model.FlockInstance;
import org.openapitools.client.model.FlockInstances;
import org.openapitools.client.model.FlockRecord;
import org.openapitools.client.model.FlockRecords;
import org.openapitools.client.model.ChaletAnswer;
import org.openapitools.client.model.ChaletInference;
import org.openapitools.client.model.ChaletInstance;
import org.openapitools.client.model.ChaletInstances;
import org.openapitools.client.model.ChaletRecord;
import org.openapitools.client.model.ChaletRecords;
import org.openapitools.client.model.InvokeFlockRequest;
import org.openapitools.client.model.InvokeChaletRequest;
import org.openapitools.client.model.PredictFlockRequest;
import org.openapitools.client.model.PredictChaletRequest;

/** Asks through the client that OpenAPI Generator made, which is for Java 8 and later. */
public class AskGenerated {
    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient().setBasePath(arguments[0]);
        flock(client, arguments[1], arguments[2]);
        chalet(client, arguments[3], arguments[4]);
    }

    /** Asks a model of classes. */
    private static void flock(ApiClient client, String row, String tensors) throws Exception {
        PredictApi predict = new PredictApi(client);
        FlockInstance instance = FlockInstance.fromJson(row);
        FlockAnswer one = predict.predictFlock(new PredictFlockRequest(instance), null).getFlockAnswer();
        System.out.println(one.getPropertyClass().getValue());

        FlockInstances instances = new FlockInstances().instances(Arrays.asList(instance, instance));
        System.out.println(predict.predictFlock(new PredictFlockRequest(instances), null)
            .getFlockAnswers().getPredictions().get(1).getPropertyClass().getValue());

        FlockRecord record = FlockRecord.fromJson(row);
        FlockRecords records = new FlockRecords().dataframeRecords(Collections.singletonList(record));
        System.out.println(new InvocationsApi(client).invokeFlock(new InvokeFlockRequest(records))
            .getPredictions().get(0).getValue());

        FlockInference inference = FlockInference.fromJson(tensors);
        System.out.println(new InferenceApi(client).inferFlock(inference)
            .getOutputs().get(0).getData().get(0).getActualInstance());

        String name = one.getModel().getName();
        if (new ModelsApi(client).listModels(null).getModels().stream()
            .noneMatch(card -> card.getName().equals(name))) throw new AssertionError("not listed");
        try {
            instance.billLengthMm(BigDecimal.valueOf(-1));
            predict.predictFlock(new PredictFlockRequest(instance), null);
            throw new AssertionError("a length below zero was answered");
        } catch (ApiException refused) {
            System.out.println(refused.getCode());
        }
    }

    /** Asks a model of numbers. */
    private static void chalet(ApiClient client, String row, String tensors) throws Exception {
        PredictApi predict = new PredictApi(client);
        ChaletInstance instance = ChaletInstance.fromJson(row);
        ChaletAnswer one = predict.predictChalet(new PredictChaletRequest(instance), null).getChaletAnswer();
        System.out.println(one.getValue());

        ChaletInstances instances = new ChaletInstances().instances(Arrays.asList(instance, instance));
        System.out.println(predict.predictChalet(new PredictChaletRequest(instances), null)
            .getChaletAnswers().getPredictions().get(1).getValue());

        ChaletRecord record = ChaletRecord.fromJson(row);
        ChaletRecords records = new ChaletRecords().dataframeRecords(Collections.singletonList(record));
        System.out.println(new InvocationsApi(client).invokeChalet(new InvokeChaletRequest(records))
            .getPredictions().get(0));

        ChaletInference inference = ChaletInference.fromJson(tensors);
        System.out.println(new InferenceApi(client).inferChalet(inference)
            .getOutputs().get(0).getData().get(0).getActualInstance());
        try {
            instance.area(BigDecimal.valueOf(5));
            predict.predictChalet(new PredictChaletRequest(instance), null);
            throw new AssertionError("an area below the least was answered");
        } catch (ApiException refused) {
            System.out.println(refused.getCode());
        }
    }
}
