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
import org.openapitools.client.model.VillaAnswer;
import org.openapitools.client.model.VillaInference;
import org.openapitools.client.model.VillaInstance;
import org.openapitools.client.model.VillaInstances;
import org.openapitools.client.model.VillaRecord;
import org.openapitools.client.model.VillaRecords;
import org.openapitools.client.model.InvokeFlockRequest;
import org.openapitools.client.model.InvokeVillaRequest;
import org.openapitools.client.model.PredictFlockRequest;
import org.openapitools.client.model.PredictVillaRequest;

/** Asks through the client that OpenAPI Generator made, which is for Java 8 and later. */
public class AskGenerated {
    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient().setBasePath(arguments[0]);
        flock(client, arguments[1], arguments[2]);
        villa(client, arguments[3], arguments[4]);
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
    private static void villa(ApiClient client, String row, String tensors) throws Exception {
        PredictApi predict = new PredictApi(client);
        VillaInstance instance = VillaInstance.fromJson(row);
        VillaAnswer one = predict.predictVilla(new PredictVillaRequest(instance), null).getVillaAnswer();
        System.out.println(one.getValue());

        VillaInstances instances = new VillaInstances().instances(Arrays.asList(instance, instance));
        System.out.println(predict.predictVilla(new PredictVillaRequest(instances), null)
            .getVillaAnswers().getPredictions().get(1).getValue());

        VillaRecord record = VillaRecord.fromJson(row);
        VillaRecords records = new VillaRecords().dataframeRecords(Collections.singletonList(record));
        System.out.println(new InvocationsApi(client).invokeVilla(new InvokeVillaRequest(records))
            .getPredictions().get(0));

        VillaInference inference = VillaInference.fromJson(tensors);
        System.out.println(new InferenceApi(client).inferVilla(inference)
            .getOutputs().get(0).getData().get(0).getActualInstance());
        try {
            instance.area(BigDecimal.valueOf(5));
            predict.predictVilla(new PredictVillaRequest(instance), null);
            throw new AssertionError("an area below the least was answered");
        } catch (ApiException refused) {
            System.out.println(refused.getCode());
        }
    }
}
